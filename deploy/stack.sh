# Sourced by the programs beside it: which stack they speak to.
#
# ENV_FILE (.env), COMPOSE_PROJECT_NAME (the folder's name), COMPOSE ("docker compose" or "docker-compose").
# shellcheck shell=bash

env_file=${ENV_FILE:-.env}

if [ -n "${COMPOSE:-}" ]; then
    read -r -a compose_command <<<"$COMPOSE"
elif docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
else
    compose_command=(docker-compose)
fi

need_env_file() {
    [ -f "$env_file" ] || {
        echo "$1: $env_file is missing; run \"make env\" first" >&2
        exit 1
    }
}

# The proxy's file adds services and takes none away: the other commands are the same with and without it.
compose() {
    "${compose_command[@]}" --env-file "$env_file" -f compose.yaml -f docker/compose.proxy.yaml "$@"
}

container() { compose ps -q "$1" 2>/dev/null | head -n 1; }
