# sh -c "$THIS" cairn-task FOLDER ADDRESS_SPACE_KB PROCESSES COMMAND…, with a pipe of the server as descriptor 3. 0 sets no limit.
# The user must have the right to enter the folder: code that ran before may have put a link in its place.
cd "$1" || exit 126
shift
umask 077
ulimit -c 0
[ "$1" = 0 ] || ulimit -v "$1"
# dash calls the number of processes of a user -p, other shells -u.
[ "$2" = 0 ] || ulimit -u "$2" 2>/dev/null || ulimit -p "$2" || exit 126
shift 2
# When memory runs out, this process ends before the server.
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
# The pipe closes when the server dies; the process group then ends too.
(trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
# Yields to the event loop of the server, as its models do, which would otherwise yield to tasks too.
yielding=
if command -v nice >/dev/null 2>&1; then yielding='nice -n 5'; fi
if command -v setpriv >/dev/null 2>&1; then exec $yielding setpriv --no-new-privs "$@"; fi
exec $yielding "$@"
