# Sourced by the programs beside it: which stack they speak to, and how they fail.
#
# ENV_FILE (.env; a COMPOSE_FILE in it names the stack's files), COMPOSE_PROJECT_NAME (the folder's name),
# COMPOSE ("docker compose" or "docker-compose").
# shellcheck shell=bash

env_file=${ENV_FILE:-.env}
program=${0##*/}
called_from=${called_from:-$PWD}

fail() {
    echo "$program: FAILED: $*" >&2
    exit 1
}
[ -f "$env_file" ] || fail "$env_file is missing; run \"make env\" first"

if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    docker compose version >/dev/null 2>&1 || COMPOSE=docker-compose
fi
# shellcheck disable=SC2086  # two words
compose() { $COMPOSE --env-file "$env_file" "$@"; }
one=$(compose ps -q 2>/dev/null) || true
one=${one%%$'\n'*}
project=${one:+$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project"}}' "$one")}
container() {
    local found
    found=$(docker ps -aq --filter "label=com.docker.compose.project=$project" \
        --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False)
    echo "${found%%$'\n'*}"
}
# A path as it was meant where the program was called.
from_here() { case $1 in /*) echo "$1" ;; *) echo "$called_from/$1" ;; esac }
