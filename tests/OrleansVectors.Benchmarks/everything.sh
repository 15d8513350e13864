#!/usr/bin/env bash
# Every figure of docs/benchmarks.md: builds once, measures one thing after the other, and gathers the lines, the tables
# and the plots in a folder, with the commit. What a section prints is there as soon as it ends.
#
#   tests/OrleansVectors.Benchmarks/everything.sh DATA OUT [SECTION...]
#
# DATA holds the sets' folders. Without sections all are measured, which takes about an hour on two cores. Passed on from
# the environment: CLOCK (wall or cpu), ROUNDS, and the folders HNSWLIB, FAISS, USEARCH and GLASS (see docs/benchmarks.md).
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,9s/^# \{0,1\}//p' "$0"
  exit 2
fi

data=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
shift 2
sections=("$@")
[ ${#sections[@]} -gt 0 ] || sections=(server restart sets million threads filters churn)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dotnet build -c Release -v quiet -nologo "$here" > "$out/build.txt"
dotnet publish -c Release -v quiet -nologo -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -o "$out/server" \
  "$here/../../src/OrleansVectors.Server" >> "$out/build.txt"
ours=(dotnet "$here/bin/Release/net10.0/OrleansVectors.Benchmarks.dll")
clock=(--clock "${CLOCK:-wall}")
peers=("${PYTHON:-python3}" "$here/peers.py" --no-build "${clock[@]}" --rounds "${ROUNDS:-1}")
[ -z "${HNSWLIB:-}" ] || peers+=(--hnswlib "$HNSWLIB")
[ -z "${FAISS:-}" ] || peers+=(--faiss "$FAISS")
[ -z "${USEARCH:-}" ] || peers+=(--usearch "$USEARCH")
[ -z "${GLASS:-}" ] || peers+=(--glass "$GLASS")

mnist=(--base "$data/mnist-784-euclidean/base.bvecs.gz" --query "$data/mnist-784-euclidean/query.bvecs.gz"
  --truth "$data/mnist-784-euclidean/truth100.ivecs.gz" --metric euclidean)
sift=(--base "$data/sift-128-euclidean-400k/base.bvecs.gz" --query "$data/sift-128-euclidean-400k/query.bvecs.gz"
  --truth "$data/sift-128-euclidean-400k/truth100.ivecs.gz" --metric euclidean)
msdocs=(--base "$data/msdocs-256-cosine-60k/base.f16.npy.gz" --query "$data/msdocs-256-cosine-60k/query.f16.npy.gz"
  --truth "$data/msdocs-256-cosine-60k/truth100.ivecs.gz" --metric cosine)

# measure NAME COMMAND...: a failed measurement is said and does not keep the others from being made.
measure() {
  local name=$1
  shift
  echo "$(date +%T) $name" >&2
  "$@" > "$out/$name.txt" 2> "$out/$name.log" || echo "$name failed, see $out/$name.log" >&2
}

# A set made once from a real one, of a million rows unless it is made smaller.
made() {
  local name=$1 kind=$2 given=()
  shift 2
  while [ $# -gt 0 ]; do
    # The truth of the given rows is not that of the made ones.
    if [ "$1" = --truth ]; then shift; else given+=("$1"); fi
    shift
  done
  [ -f "$out/sets/$name/truth100.ivecs" ] ||
    "${ours[@]}" datasets --make "$kind" --rows 1000000 --out "$out/sets/$name" "${given[@]}" > "$out/datasets-$name.log" 2>&1
}

files_of() {
  echo --base "$out/sets/$1/"base.?vecs --query "$out/sets/$1/"query.?vecs --truth "$out/sets/$1/truth100.ivecs" --metric "$2"
}

others="usearch,usearch(i8),glass,glass(sq4)"
ef=(--ef 10,16,24,32,48,64,96,128,256,512)
for section in "${sections[@]}"; do
  case $section in
    server)
      measure server "${ours[@]}" server --server "$out/server" --clients 1,8 "${mnist[@]}"
      ;;
    restart)
      made sift-1m noisy "${sift[@]}"
      # shellcheck disable=SC2046 # words
      measure restart "${ours[@]}" restart --server "$out/server" --ef 128 $(files_of sift-1m euclidean)
      ;;
    sets)
      measure mnist-784 "${peers[@]}" "${mnist[@]}" "${ef[@]}" --svg "$out/mnist-784.svg" \
        --engines "ov,ov(int8),ov(int4),ov-ivf(pq),hnswlib(native),faiss-hnsw(native),faiss-hnsw-sq8(native),$others"
      measure msdocs-256 "${peers[@]}" "${msdocs[@]}" "${ef[@]}" --svg "$out/msdocs-256.svg" \
        --engines "ov,ov(int8),ov(int4),hnswlib(native),faiss-hnsw(native),faiss-hnsw-sq8(native),$others"
      measure sift-128 "${peers[@]}" "${sift[@]}" --rows 200000 "${ef[@]}" --svg "$out/sift-128.svg" \
        --engines "ov,ov(int8),ov(int4),hnswlib(native),faiss-hnsw-sq8(native),$others"
      made msdocs-25 truncated --dimensions 25 "${msdocs[@]}"
      # shellcheck disable=SC2046 # words
      measure msdocs-25 "${peers[@]}" $(files_of msdocs-25 cosine) "${ef[@]}" --svg "$out/msdocs-25.svg" \
        --engines "ov,ov(int8),ov(int4),hnswlib(native),faiss-hnsw-sq8(native),$others"
      ;;
    million)
      made sift-1m noisy "${sift[@]}"
      made msdocs-1m mixed "${msdocs[@]}"
      # shellcheck disable=SC2046 # words
      measure sift-1m "${peers[@]}" $(files_of sift-1m euclidean) --ef 16,32,64,128,256 --engines "ov(int4),hnswlib(native)"
      # shellcheck disable=SC2046 # words
      measure msdocs-1m "${peers[@]}" $(files_of msdocs-1m cosine) --ef 16,32,64,128,256 --engines "ov(int4),hnswlib(native)"
      # shellcheck disable=SC2046 # words
      measure sift-1m-server "${ours[@]}" server --server "$out/server" --clients 1,8 --ef 128 $(files_of sift-1m euclidean)
      # shellcheck disable=SC2046 # words
      measure msdocs-1m-server "${ours[@]}" server --server "$out/server" --clients 1,8 --ef 128 $(files_of msdocs-1m cosine)
      ;;
    threads)
      for threads in 1 2; do
        measure "threads-$threads" "${ours[@]}" ann "${mnist[@]}" --index hnsw --m 16 --ef-construction 200 --ef 32,64,128 \
          --quantizer int4 --rescore 50 --threads $threads --build-threads $threads
      done
      ;;
    filters)
      for kind in random near far; do
        for share in 0.5 0.1 0.01; do
          measure "filter-$share-$kind" "${peers[@]}" "${sift[@]}" --rows 100000 --queries 200 --ef 256,128,64,32,16,10 \
            --filter-selectivity $share --filter-kind $kind --engines "ov(int8),ov(int4),hnswlib(native)"
        done
        # Where next to nothing matches hnswlib goes through the whole graph at every ef.
        for share in 0.001 0.0001; do
          measure "filter-$share-$kind" "${peers[@]}" "${sift[@]}" --rows 100000 --queries 50 --ef 10 \
            --filter-selectivity $share --filter-kind $kind --engines "ov(int8),hnswlib(native)"
        done
      done
      measure filter-plans "${ours[@]}" filters "${sift[@]}" --rows 100000 --queries 200
      ;;
    churn)
      for kind in replace window cluster; do
        measure "churn-$kind" "${peers[@]}" "${sift[@]}" --rows 40000 --ef 16,32,64,128 --churn 10 --churn-kind $kind \
          --engines "ov(int4),hnswlib(native)"
        measure "churn-$kind-searched" "${ours[@]}" ann "${sift[@]}" --rows 40000 --index hnsw --m 16 --ef-construction 200 \
          --quantizer int8 --rescore 20 --ef 16,32,64,128 --churn 10 --churn-kind $kind --churn-searchers 1 "${clock[@]}"
      done
      ;;
    *)
      echo "unknown section $section; known are server restart sets million threads filters churn" >&2
      exit 2
      ;;
  esac
done

{
  echo "commit $(git -C "$here" rev-parse --short HEAD), $(date -u +%F), clock ${CLOCK:-wall}, $(nproc) cores"
  for file in "$out"/*.txt; do
    [ "$(basename "$file")" = build.txt ] || { echo && echo "$(basename "$file" .txt):" && echo && cat "$file"; }
  done
} > "$out/results.md"
echo "$out/results.md"
