#!/usr/bin/env bash
# Builds Kinora and runs it in front of you until Ctrl-C; an empty library gets a short film to begin with.
# KINORA_LISTEN (127.0.0.1:8080), KINORA_DATA_DIR (./data) and all other settings of the server are honored.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

export KINORA_LISTEN=${KINORA_LISTEN:-127.0.0.1:8080}
export KINORA_DATA_DIR=${KINORA_DATA_DIR:-./data}
# A line for every request would push what is printed here off the screen.
export KINORA_LOG=${KINORA_LOG:-info,kinora_edge::http::observe=warn}
# These are for tests; the server would take them for misspelled settings.
unset KINORA_BIN KINORA_EXTRA_MEDIA KINORA_TEST_NAME KINORA_BENCH_MEDIA

port=${KINORA_LISTEN##*:}
host=${KINORA_LISTEN%:*}
case $host in
    0.0.0.0 | '[::]') host=127.0.0.1 ;;
esac
url=http://$host:$port
site=${KINORA_PUBLIC_URL:-$url}
site=${site%/}
kinora=$CARGO_TARGET_DIR/release/kinora
[[ $port =~ ^[1-9][0-9]*$ ]] || die "KINORA_LISTEN is '$KINORA_LISTEN', but must be an address and a port, such as 127.0.0.1:8080"

# Refuses to go on where the port is taken.
port_is_free() {
    local address=${host#[}
    (exec 3<>"/dev/tcp/${address%]}/$port") 2>/dev/null || return 0
    if curl -fs -m 5 -o /dev/null "$url/readyz"; then
        warn "A server answers at $url already; is it Kinora, from another terminal?"
    else
        warn "Another program has the port $port."
    fi
    die "end it, or take another port: KINORA_LISTEN=$host:$((port < 65535 ? port + 1 : 8080)) make run"
}

server=
helper=
stopping=
# One signal from us for each that we get: the server's first one drains, its second one ends at once.
# shellcheck disable=SC2317 # a trap calls it
pass_on() {
    stopping=yes
    [[ -z $helper ]] || kill -KILL -- "-$helper" 2>/dev/null || true
    [[ -z $server ]] || kill -TERM "$server" 2>/dev/null || true
}

# Starts a program in a process group of its own, so that signals reach it through us only. Its id is in $!.
start() {
    set -m
    "$@" </dev/null &
    set +m
}

# Runs a program to its end, or until we are told to stop.
attend() {
    start "$@"
    helper=$!
    local code=0
    wait "$helper" || code=$?
    # A signal ended the waiting; now it is to end the program, too, without the shell's remark on it.
    [[ -z $stopping ]] || wait "$helper" 2>/dev/null || true
    helper=
    return "$code"
}

# Waits until the server is ready; fails when it ends before.
server_is_ready() {
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        kill -0 "$server" 2>/dev/null || return
        [[ -z $stopping ]] || return
        if curl -fs -m 5 -o /dev/null "$url/readyz"; then return; fi
        sleep 0.1
    done
    warn "The server is not ready after a minute."
    kill -TERM "$server" 2>/dev/null
    return 1
}

# Waits for the end of the server and takes over its exit code.
server_code() {
    local code=0 waited
    while :; do
        local before=$stopping
        waited=0
        stopping=
        wait "$server" || waited=$?
        [[ $waited == 127 ]] || code=$waited
        # A signal ends the waiting, too; then the server is still at work.
        if [[ -z $stopping ]]; then
            stopping=$before
            break
        fi
    done
    return "$code"
}

print_upload() {
    printf '\n%s\n\n' "To send a film of your own, paste this into bash, with its path in place of my-film.mp4:"
    printf "URL='%s'\nKEY=%s\nFILE='my-film.mp4'\n" "$url" "$1"
    sed '1,/^$/d' scripts/upload.sh
}

print_addresses() {
    printf '\n%s\n\n' "Kinora is running. Ctrl-C ends it."
    [[ -z $newest ]] || printf '  Player     %s\n' "$site/embed/$newest"
    printf '  API pages  %s\n' "$site/docs/"
    if [[ -n $made_here ]]; then
        printf '  API key    %s\n             %s\n' "$admin" "It is shown this once: keep it."
        print_upload "'$admin'"
        made_here=
    elif [[ -n $admin ]]; then
        printf '  API key    %s\n' "the one in KINORA_BOOTSTRAP_API_KEY"
        # shellcheck disable=SC2016 # the shell that it is pasted into fills it in
        print_upload '"$KINORA_BOOTSTRAP_API_KEY"'
    else
        printf '\n%s\n' "Another API key, and a film of your own:"
        printf '  %q key create --name NAME --role admin --data-dir %q\n' "${kinora#"$root/"}" "$KINORA_DATA_DIR"
        printf '  URL=%q KEY=... FILE=my-film.mp4 bash scripts/upload.sh\n' "$url"
    fi
    printf '\n'
}

introduce() {
    if ! enter_library; then
        [[ -n $stopping ]] || warn "The library could not be looked at; see above. The server is running."
        return
    fi
    if ((total == 0)) && ! send_sample; then
        [[ -n $stopping ]] || warn "The short film could not be made and sent; see above. The server is running."
    fi
    [[ -n $stopping ]] || print_addresses
}

scripts/install.sh runtime build
find_tools
port_is_free
scripts/build.sh
port_is_free

scratch=$(mktemp -d)
# shellcheck source=scripts/library.sh
source scripts/library.sh
trap 'rm -rf "$scratch"' EXIT
trap pass_on INT TERM HUP
start "$kinora" serve
server=$!
if server_is_ready; then introduce; fi
code=0
server_code || code=$?
forget_unseen_key || true
exit "$code"
