settings=/etc/docker/daemon.json
account={{.Account}}
first={{.FirstID}}
count={{.Count}}

wanted=$(cat <<'JSON'
{{.JSON}}
JSON
)

fail() {
	echo "$1" >&2
	exit 1
}

[ "$(id -u)" = 0 ] || fail "this has to be run as root"
