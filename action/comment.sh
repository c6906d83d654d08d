#!/usr/bin/env bash
# Keeps one comment on a pull request up to date: finds it by the marker on the first line, changes it, or writes it anew.
# In: GH_TOKEN REPOSITORY NUMBER FILE, AUTHOR (whose comments count as ours). Needs gh. A first comment that would only say
# that nothing was added is not written; one that is there is changed to say so, and stays.
set -euo pipefail

AUTHOR=${AUTHOR:-github-actions[bot]}
nothing='No coupling left that this change added.'
die() {
  echo "::error title=coupling::$1"
  exit 2
}

[[ "$REPOSITORY" =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || die 'REPOSITORY is no owner/name'
[[ "$NUMBER" =~ ^[0-9]+$ ]] || die 'NUMBER is no number of a pull request'
[ -f "$FILE" ] || die 'there is no comment to write'
IFS= read -r MARKER <"$FILE" || true
[[ "$MARKER" =~ ^\<!--\ coupling:report:[^\ ]+\ --\>$ ]] || die 'the file does not begin with the marker of a comment'
[ "$(wc -c <"$FILE")" -le 65000 ] || die 'the comment is longer than the host takes'
export MARKER AUTHOR

# shellcheck disable=SC2016
mine='.[] | select(.user.login == env.AUTHOR) | select(.body | split("\n")[0] | rtrimstr("\r") == env.MARKER) | .id'
ids=$(gh api --paginate "repos/$REPOSITORY/issues/$NUMBER/comments?per_page=100" --jq "$mine")
id=${ids%%$'\n'*}
if [ -n "$id" ]; then
  gh api --silent --method PATCH "repos/$REPOSITORY/issues/comments/$id" -F "body=@$FILE"
  echo "changed comment $id"
elif grep -qF "$nothing" "$FILE"; then
  echo 'nothing to say, and no comment that says otherwise'
else
  gh api --silent --method POST "repos/$REPOSITORY/issues/$NUMBER/comments" -F "body=@$FILE"
  echo 'wrote a comment'
fi
