# Sourced by scripts that run servers of their own; they stop with the script.

servers=()
stop_servers() {
    local server
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
        wait "$server" || true
    done
    servers=()
}
trap stop_servers EXIT

# start_server LOG BINARY [OPTION ...]: starts a server that keeps nothing, on a free port; `address` is its host and port.
start_server() {
    local log=$1 binary=$2 line=
    shift 2
    "$binary" --listen 127.0.0.1:0 --database :memory: "$@" >"$log" 2>&1 &
    servers+=($!)
    for _ in {1..600}; do
        line=$(grep --text --only-matching 'listening on http://.*' "$log" || true)
        if [[ $line ]] || ! kill -0 "${servers[-1]}" 2>/dev/null; then break; fi
        sleep 0.1
    done
    if [[ ! $line ]]; then
        echo "The server did not start:" >&2
        cat "$log" >&2
        exit 1
    fi
    address=${line#listening on http://}
}
