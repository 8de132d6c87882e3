#!/bin/sh
# Serves a RabbitMQ of one's own, for as long as the process lives that asked for it.
#
#   serve.sh OWNER FOLDER SERVER
#
# OWNER is the id of a process, FOLDER holds all that belongs to the broker, SERVER is RabbitMQ's own
# start script. The environment says the rest. When OWNER ends, so does the broker, and FOLDER goes;
# when only the broker ends, FOLDER stays, to be served again.
set -u
owner=$1 folder=$2 server=$3

# A signal to everybody, such as that of Ctrl-C, ends the others; we stay to clean up after them.
all_end=
trap 'all_end=1' INT TERM HUP

# The port mapper that Erlang would otherwise start by itself, and leave behind.
erl=$(readlink -f "$(command -v erl)")
epmd=$(command -v epmd) || epmd=$(ls "${erl%/bin/erl}"/erts-*/bin/epmd)
"$epmd" -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
mapper=$!
until "$epmd" -port "$ERL_EPMD_PORT" -names >/dev/null 2>&1 || ! kill -0 "$mapper"; do
  sleep 0.05 # until it listens
done

# With input allowed the script becomes the broker, instead of waiting for it.
RABBITMQ_ALLOW_INPUT=1 "$server" -noinput &
broker=$!
echo "$broker" >"$folder/broker.pid"
while kill -0 "$owner" 2>/dev/null && kill -0 "$broker" 2>/dev/null; do
  sleep 0.2 # between two looks at whether both are there
done
kill -9 "$broker" "$mapper" 2>/dev/null
wait
rm -f "$folder/broker.pid"
while [ "$all_end" ] && kill -0 "$owner" 2>/dev/null; do
  sleep 0.2 # until the owner has ended too
done
kill -0 "$owner" 2>/dev/null || rm -rf "$folder"
