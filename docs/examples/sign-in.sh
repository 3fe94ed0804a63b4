#!/usr/bin/env bash
# A whole sign-in by hand: needs curl, openssl and jq. CLIENT_ID and CLIENT_SECRET come from `client add`.
set -euo pipefail
ISSUER=${ISSUER:-http://localhost:3000}
CALLBACK=${CALLBACK:-http://127.0.0.1:4000/callback}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
browser() { curl -sS -b "$work/jar" -c "$work/jar" "$@"; }

# 1. Where everything is.
discovered=$(curl -sS "$ISSUER/.well-known/openid-configuration")
endpoint() { jq -r ".$1_endpoint" <<<"$discovered"; }

# 2. What the service keeps: a verifier (RFC 7636), state and nonce, new for each request.
verifier=$(openssl rand 32 | base64url)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)
state=$(openssl rand 16 | base64url)
nonce=$(openssl rand 16 | base64url)

# 3. The person's part. In life their browser does it; the sandbox signs a test person in by a plain form.
csrf=$(browser "$ISSUER/dev/sign-in" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -1)
browser -o /dev/null "$ISSUER/dev/sign-in" --data-urlencode "csrf=$csrf" \
  -d person=lina -d ial=2 -d aal=2
query="response_type=code&client_id=$CLIENT_ID&redirect_uri=$(jq -rn --arg a "$CALLBACK" '$a | @uri')"
query+="&scope=openid%20profile%20nationality&code_challenge=$challenge&code_challenge_method=S256"
at="$(endpoint authorization)?$query&state=$state&nonce=$nonce"
while [[ $at != "$CALLBACK"* ]]; do
  next=$(browser -o "$work/page" -w '%{redirect_url}' "$at")
  if [[ -z $next ]]; then # a page: the consent, or something that the person must read
    grep -q 'value="share"' "$work/page" || { echo "Stopped at $at" >&2; exit 1; }
    csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$work/page" | head -1)
    next=$(browser -o /dev/null -w '%{redirect_url}' "$at/consent" \
      --data-urlencode "csrf=$csrf" -d decision=share)
  fi
  at=$next
done

# 4. Back at the service: state and issuer are ours (RFC 9207), and there is a code.
answer() { local value; value=$(sed -n "s/.*[?&]$1=\([^&]*\).*/\1/p" <<<"$at"); printf '%b' "${value//%/\\x}"; }
[[ $(answer state) == "$state" && $(answer iss) == "$ISSUER" ]] || { echo "Not our answer: $at" >&2; exit 1; }

# 5. The code for tokens, once, within a minute.
tokens=$(curl -sS -u "$CLIENT_ID:$CLIENT_SECRET" "$(endpoint token)" -d grant_type=authorization_code \
  --data-urlencode "code=$(answer code)" --data-urlencode "redirect_uri=$CALLBACK" -d "code_verifier=$verifier")
jq -e .access_token <<<"$tokens" >/dev/null || { echo "$tokens" >&2; exit 1; }

# 6. Who it is, and how sure. A library checks the ID token's signature; here its nonce at least.
claims=$(jq -r '.id_token | split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d' <<<"$tokens")
[[ $(jq -r .nonce <<<"$claims") == "$nonce" ]] || { echo "The nonce is another" >&2; exit 1; }
jq '{sub, acr, ial, aal}' <<<"$claims"
curl -sS "$(endpoint userinfo)" -H "Authorization: Bearer $(jq -r .access_token <<<"$tokens")" | jq '{sub, name, nationality}'
