<?php
// The module checked signature, issuer, audience, times and nonce before this page ran.
header('content-type: application/json');
echo json_encode([
    'sub' => $_SERVER['OIDC_CLAIM_sub'],
    'ial' => $_SERVER['OIDC_CLAIM_ial'],
    'aal' => $_SERVER['OIDC_CLAIM_aal'],
    'name' => $_SERVER['OIDC_CLAIM_name'] ?? null,
    'nationality' => $_SERVER['OIDC_CLAIM_nationality'] ?? null,
]);
