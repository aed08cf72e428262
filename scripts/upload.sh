# Uploads the film FILE through the API of the server at URL with the key KEY, and prints where it plays.
# Needs curl alone. `make run` sends its sample film with these lines, and prints them to be pasted.
# shellcheck shell=bash disable=SC2153

(
set -eo pipefail
call() { answer=$(curl -sS --fail-with-body -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' "$@") || { echo "$answer" >&2; exit 1; }; }
text() { local rest=${answer#*"\"$1\":\""}; echo "${rest%%\"*}"; }
number() { local rest=${answer#*"\"$1\":"}; echo "${rest%%[,\}]*}"; }
name=$(basename "$FILE" | tr -d '"\\[:cntrl:]')
bytes=$(wc -c <"$FILE")
call "$URL/vod/v1/files/start" -d "{\"name\":\"$name\",\"friendlyName\":\"$name\",\"fileSize\":$((bytes))}"
file=$(text fileId) size=$(number partSize) count=$(number partsCount) parts=
for ((n = 1; n <= count; n++)); do
  call "$URL/vod/v1/files/$file/part/$n"
  etag=$(dd if="$FILE" bs="$size" skip=$((n - 1)) count=1 2>/dev/null |
    curl -sS -f -D - -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary @- "$(text url)" |
    tr -d '"\r' | sed -n 's/^[Ee][Tt]ag: *//p')
  parts+="${parts:+,}{\"partNumber\":$n,\"eTag\":\"$etag\"}"
  echo "Part $n of $count is there."
done
call "$URL/vod/v1/files/complete" -d @- <<<"{\"fileId\":\"$file\",\"parts\":[$parts]}"
call "$URL/vod/v1/assets" -d "{\"transcodedSources\":[{\"fileId\":\"$file\"}],\"preset\":\"mp4\",\"title\":\"$name\"}"
asset=$(text id)
for ((n = 1; n <= 600; n++)); do
  call "$URL/vod/v1/assets/$asset"
  case $(text status) in
    Available) echo "It plays at $URL/embed/$asset"; exit ;;
    Error) echo "It cannot play: $(text errorMessage)" >&2; exit 1 ;;
  esac
  sleep 1
done
echo "It does not play yet; its state: $URL/vod/v1/assets/$asset" >&2
exit 1
)
