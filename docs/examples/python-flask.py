import os
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for

ISSUER = os.environ.get("ISSUER", "http://localhost:3000")
app = Flask(__name__)
app.secret_key = os.environ.get("SESSION_SECRET", "replace me by 32 random bytes or more")

tangchat = OAuth(app).register(
    "tangchat",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    # Authlib sends no challenge unless told to; we demand one (RFC 7636).
    client_kwargs={"scope": "openid profile nationality", "code_challenge_method": "S256"},
)


@app.get("/")
def home():
    return '<a href="/login">Sign in</a>'


@app.get("/login")
def login():
    return tangchat.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    # Checks state, signature, issuer, audience, times and nonce.
    token = tangchat.authorize_access_token()
    session["claims"] = {name: token["userinfo"][name] for name in ("sub", "ial", "aal", "acr")}
    session["userinfo"] = tangchat.userinfo(token=token)
    return redirect("/me")


@app.get("/me")
def me():
    if "claims" not in session:
        return redirect("/login")
    return {"claims": session["claims"], "userinfo": session["userinfo"]}


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ.get("PORT", "4000")))
