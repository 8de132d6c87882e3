#!/bin/sh
# Runs what a control plane of one's own is made of, for as long as the process lives that asked.
#
#   serve.sh OWNER FOLDER
#
# OWNER is the id of a process. Every NAME.run that appears in FOLDER is a line of shell that becomes
# a program: it is started once and writes to NAME.log; when it has ended, there is a NAME.ended.
# When there is a `stop` in FOLDER, or OWNER has ended, all programs are killed; with OWNER, FOLDER
# goes too.
set -u
owner=$1 folder=$2

# A signal to everybody, such as that of Ctrl-C, ends the others; we stay to clean up after them.
trap : INT TERM HUP

while kill -0 "$owner" 2>/dev/null && [ ! -e "$folder/stop" ]; do
  for line in "$folder"/*.run; do
    [ -e "$line" ] || continue
    name=${line%.run}
    mv "$line" "$name.started"
    sh "$name.started" >"$name.log" 2>&1 </dev/null &
    echo $! >"$name.pid"
  done
  for pid in "$folder"/*.pid; do
    [ ! -e "$pid" ] || kill -0 "$(cat "$pid")" 2>/dev/null || mv "$pid" "${pid%.pid}.ended"
  done
  sleep 0.1 # between two looks at who is there and what is to be started
done
for pid in "$folder"/*.pid; do
  [ ! -e "$pid" ] || kill -9 "$(cat "$pid")" 2>/dev/null
done
wait
while kill -0 "$owner" 2>/dev/null; do
  sleep 0.2 # until nobody needs what is written in the folder
done
rm -rf "$folder"
