# shellcheck shell=sh
# What scripts about clusters begin with, to be sourced: how they fail, and what they need.

# Says what is wrong, and ends the script: fail SENTENCE [EXIT CODE]
fail() {
  echo "${0##*/}: $1" >&2
  exit "${2:-1}"
}

# Ends the script where a program is not on PATH: need PROGRAM WHERE-IT-COMES-FROM
need() {
  command -v "$1" >/dev/null || fail "$1 is not on PATH; see $2"
}

# Ends the script where no cluster answers: need_cluster CONTEXT, or kubectl's current one where that
# is empty. The last line of what kubectl says is the reason.
need_cluster() {
  said=$(kubectl ${1:+--context "$1"} version --request-timeout=20s 2>&1 >/dev/null) ||
    fail "the cluster of ${1:+context }${1:-"kubectl's current context"} does not answer: ${said##*
}"
}

# The comment at the head of a script, which is its help.
show_help() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}
