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
stopping=
# One signal from us for each that we get: the server's first one drains, its second one ends at once.
pass_on() {
    stopping=yes
    [[ -z $server ]] || kill -TERM "$server" 2>/dev/null || true
}

# The server gets a process group of its own, so that Ctrl-C reaches it through us only.
start_server() {
    set -m
    "$kinora" serve </dev/null &
    server=$!
    set +m
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

# Makes a key: its secret in $secret, its id in $key_id.
make_key() {
    local said
    said=$scratch/said
    secret=$("$kinora" key create --name "$1" --role "$2" 2>"$said") || {
        cat "$said" >&2
        return 1
    }
    key_id=$(sed -n 's/^Key \([0-9a-f-]*\) .*/\1/p' "$said")
}

ask() { curl -fsS -m 30 -H "X-Api-Key: $1" "$url$2"; }

# The library as a key sees it: $total, the number of its assets, and $newest, the last that plays.
look() {
    local page
    page=$(ask "$1" "/vod/v1/assets?limit=1" 2>/dev/null) || return
    total=$(sed -n 's/.*"totalCount":\([0-9]*\).*/\1/p' <<<"$page")
    page=$(ask "$1" "/vod/v1/assets?limit=1&statuses=Available") || return
    newest=$(sed -n 's/^{"items":\[{"id":"\([^"]*\)".*/\1/p' <<<"$page")
}

# Looks with a key that may only look. It is kept beside the library: whoever can read it there can read the library.
look_with_own_key() {
    local file=$KINORA_DATA_DIR/make-run.key
    if [[ -s $file ]] && look "$(<"$file")"; then return; fi
    make_key "make run, to look at the library" viewer || return
    (umask 077 && printf '%s\n' "$secret" >"$file") || return
    look "$secret"
}

# Finds or makes a key that may send films: $admin. Empty on a library that has one already.
find_admin() {
    admin=${KINORA_BOOTSTRAP_API_KEY:-}
    if [[ -n $admin ]] && look "$admin"; then
        shown_key="the one in KINORA_BOOTSTRAP_API_KEY"
        return
    fi
    admin=
    look_with_own_key || return
    # No asset, or nobody who could bring one: only the key that looks is active.
    ((total == 0)) || return 0
    make_key "first key" admin || return
    admin=$secret
    unseen_key=$key_id
    shown_key=$secret
}

# Sends a short film through the API, as any client would. $film_url is where it plays.
send_sample() {
    say "Making a short film ..."
    scripts/sample.sh "$scratch/Welcome to Kinora.mp4" || return
    say "Sending it through the API ..."
    local said
    said=$(URL=$url KEY=$admin FILE="$scratch/Welcome to Kinora.mp4" bash scripts/upload.sh) || return
    newest=${said##*/embed/}
}

print_upload() {
    printf "URL='%s'\nKEY='%s'\nFILE='my-film.mp4'\n" "$url" "$1"
    sed '1,/^$/d' scripts/upload.sh
}

introduce() {
    find_admin || return
    local sample=fine
    if ((total == 0)); then send_sample || sample=missing; fi
    [[ -z $stopping ]] || return
    printf '\n%s\n\n' "Kinora is running. Ctrl-C ends it."
    if [[ -n $newest ]]; then printf '  Player     %s\n' "$site/embed/$newest"; fi
    printf '  API pages  %s\n' "$site/docs/"
    if [[ -n $shown_key ]]; then
        printf '  API key    %s\n' "$shown_key"
        [[ $shown_key != "$secret" ]] || printf '             It is shown this once: keep it.\n'
        printf '\n%s\n\n' "To send a film of your own, paste this into bash, with its path in place of my-film.mp4:"
        print_upload "$admin"
    else
        printf '\n%s\n' "Another API key, and the way to send a film with it: see README.md and"
        printf '  %q key create --name NAME --role admin --data-dir %q\n' "$kinora" "$KINORA_DATA_DIR"
    fi
    unseen_key=
    printf '\n'
    [[ $sample == fine ]]
}

scripts/install.sh runtime build
find_tools
port_is_free
scripts/build.sh
port_is_free

scratch=$(mktemp -d)
total=0 newest='' admin='' secret='' key_id='' shown_key='' unseen_key=''
trap 'rm -rf "$scratch"' EXIT
trap pass_on INT TERM HUP
start_server
if server_is_ready; then
    introduce || [[ -n $stopping ]] || warn "The short film could not be made and sent; see above. The server is running."
fi
code=0
server_code || code=$?
# A key that nobody has seen is of no use to anyone.
if [[ -n $unseen_key ]]; then "$kinora" key revoke "$unseen_key" >/dev/null || true; fi
exit "$code"
