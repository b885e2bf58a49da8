<?php
// Buys a token as a program does that knows nothing of a mock.
$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => "Content-Type: application/json\r\nSecret-Key: YOUR_SECRET\r\n",
    'content' => '{"api_key": "2882jj2hh288282jj2"}',
]]);
echo file_get_contents('https://kitegateway.com/v1/auth/token', false, $context), "\n";
