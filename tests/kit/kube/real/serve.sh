#!/bin/sh
# Runs what a control plane of one's own is made of, for as long as the process lives that asked.
#
#   serve.sh OWNER FOLDER
#
# OWNER is the id of a process. Every NAME.run that appears in FOLDER is a line of shell that becomes
# a program: it is started once, and writes to NAME.log. When OWNER ends, all of them are killed, and
# FOLDER goes.
set -u
owner=$1 folder=$2 running=

# A signal to everybody, such as that of Ctrl-C, ends the others; we stay to clean up after them.
trap : INT TERM HUP

while kill -0 "$owner" 2>/dev/null && [ ! -e "$folder/stop" ]; do
  for line in "$folder"/*.run; do
    [ -e "$line" ] || continue
    mv "$line" "${line%.run}.started"
    sh "${line%.run}.started" >"${line%.run}.log" 2>&1 </dev/null &
    running="$running $!"
  done
  sleep 0.1 # between two looks at who is there and what is to be started
done
# shellcheck disable=SC2086 # one word for each program
[ -z "$running" ] || kill -9 $running 2>/dev/null
wait
rm -rf "$folder"
