#!/bin/sh
# Serves a PostgreSQL of one's own, for as long as the process lives that asked for it.
#
#   serve.sh OWNER FOLDER PROGRAMS
#
# OWNER is the id of a process, FOLDER holds all that belongs to the server, PROGRAMS is the folder of
# PostgreSQL's own programs. When OWNER ends, so does the server, and FOLDER goes; when only the server
# ends, FOLDER stays, to be served again.
set -u
owner=$1 folder=$2 programs=$3

# A signal to everybody, such as that of Ctrl-C, ends the others; we stay to clean up after them.
all_end=
trap 'all_end=1' INT TERM HUP

# PostgreSQL does not run as root.
as=
if [ "$(id -u)" = 0 ]; then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  chown -R "$user" "$folder"
  as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi
cd "$folder" || exit

if [ ! -e "$folder/data/PG_VERSION" ]; then
  $as "$programs/initdb" --pgdata="$folder/data" --username=asya --pwfile="$folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync --no-instructions || exit
fi
$as "$programs/postgres" -D "$folder/data" -c "config_file=$folder/postgresql.conf" &
server=$!
echo "$server" >"$folder/server.pid"
while kill -0 "$owner" 2>/dev/null && kill -0 "$server" 2>/dev/null; do
  sleep 0.1 # between two looks at whether both are there
done
kill -QUIT "$server" 2>/dev/null # every process of it ends at once
wait
rm -f "$folder/server.pid"
while [ "$all_end" ] && kill -0 "$owner" 2>/dev/null; do
  sleep 0.2 # until the owner has ended too
done
kill -0 "$owner" 2>/dev/null || rm -rf "$folder"
