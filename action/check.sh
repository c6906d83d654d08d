#!/usr/bin/env bash
# Runs coupling once and writes every output that the later steps of the action need.
# All values come in as environment variables and are quoted: branch names and inputs are text of strangers.
# In: COUPLING ROOT FAIL_ON EXTRA_ARGS PROJECT WORK EVENT BASE_SHA HEAD_SHA REPOSITORY_URL. Out: WORK/comment.md, WORK/report.sarif,
# WORK/report.json, and `code` in GITHUB_OUTPUT. The exit code of coupling is kept for the last step, so that the others still run.
set -uo pipefail

read -r -a extra <<<"${EXTRA_ARGS:-}"
common=(--format github --link "$REPOSITORY_URL/blob/$HEAD_SHA/{path}#L{line}" --no-progress
  -o "markdown=$WORK/comment.md" -o "sarif=$WORK/report.sarif" -o "json=$WORK/report.json")
if [ -n "${PROJECT:-}" ]; then common+=(--project "$PROJECT"); fi
if [ -n "${FAIL_ON:-}" ]; then common+=(--fail-on "$FAIL_ON"); fi

# On a pull request the merge commit is checked out: its first parent is the target branch, so the two differ by the pull request alone.
# Where something else is checked out, the change begins where the branch left the target.
range() {
  if git rev-parse --quiet --verify 'HEAD^2' >/dev/null && [ "$(git rev-parse HEAD^2)" = "$HEAD_SHA" ]; then
    change=('HEAD^1..HEAD')
  else
    git cat-file -e "$BASE_SHA^{commit}" 2>/dev/null || git fetch --quiet --no-tags origin "$BASE_SHA" || return 1
    change=("$BASE_SHA" HEAD)
  fi
}

mkdir -p "$WORK"
case "$EVENT" in
pull_request | merge_group)
  if ! range; then
    echo '::error title=coupling::the commit to compare with is not in this clone: give actions/checkout fetch-depth: 0'
    code=2
  else
    "$COUPLING" diff "${change[@]}" --root "$ROOT" "${common[@]}" ${extra[@]+"${extra[@]}"}
    code=$?
  fi
  ;;
*)
  "$COUPLING" check "$ROOT" "${common[@]}" ${extra[@]+"${extra[@]}"}
  code=$?
  ;;
esac
echo "code=$code" >>"$GITHUB_OUTPUT"
if [ -s "$WORK/comment.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then head -c 1000000 "$WORK/comment.md" >>"$GITHUB_STEP_SUMMARY"; fi
