# What run.sh does with the library before it stands aside: looks into it, makes keys, sends the first film.
# Sourced by run.sh, which has $kinora (the program), $url (the server), $scratch (a folder) and attend.
# shellcheck shell=bash disable=SC2034,SC2154

total=0    # assets in the library
newest=    # the last of them that plays
admin=     # a key that may send films
made_here= # whether that key was made here, and so has to be shown

# Makes a key: its secret in $secret, its id in $key_id.
make_key() {
    secret=$("$kinora" key create --name "$1" --role "$2" 2>"$scratch/said") || {
        cat "$scratch/said" >&2
        return 1
    }
    key_id=$(sed -n 's/^Key \([0-9a-f-]*\) .*/\1/p' "$scratch/said")
}

# A page of assets, as a key sees it.
assets() { curl -fsS -m 30 -H "X-Api-Key: $1" "$url/vod/v1/assets?limit=1$2"; }

# Fills $total and $newest. Fails where the key opens nothing.
look() {
    local page
    page=$(assets "$1" "" 2>/dev/null) || return
    total=$(sed -n 's/.*"totalCount":\([0-9]*\).*/\1/p' <<<"$page")
    page=$(assets "$1" "&statuses=Available") || return
    newest=$(sed -n 's/^{"items":\[{"id":"\([^"]*\)".*/\1/p' <<<"$page")
}

# Looks with a key that may only look. It is kept in the data folder: who can read that can read the library anyway.
look_with_own_key() {
    local file=$KINORA_DATA_DIR/make-run.key
    if [[ -s $file ]] && look "$(<"$file")"; then return; fi
    make_key "make run, to look only" viewer || return
    (umask 077 && printf '%s\n' "$secret" >"$file") || return
    look "$secret"
}

# Looks into the library, and on an empty one gets hold of a key that may send films.
enter_library() {
    admin=${KINORA_BOOTSTRAP_API_KEY:-}
    if [[ -n $admin ]] && look "$admin"; then return; fi
    admin=
    look_with_own_key || return
    ((total == 0)) || return 0
    make_key "make run" admin || return
    admin=$secret
    made_here=$key_id
}

# Sends a short film through the API, as any client would.
send_sample() {
    local film="$scratch/Welcome to Kinora.mp4" said
    say "Making a short film ..."
    attend scripts/sample.sh "$film" || return
    say "Sending it through the API ..."
    said=$(URL=$url KEY=$admin FILE=$film bash scripts/upload.sh) || return
    newest=${said##*/embed/}
}

# A key that was made here and that nobody has seen is of no use to anyone.
forget_unseen_key() {
    [[ -z $made_here ]] || "$kinora" key revoke "$made_here" >/dev/null
}
