<?php
// Buys a token as a program does that knows nothing of a mock.
$curl = curl_init('https://kitegateway.com/v1/auth/token');
curl_setopt_array($curl, [
    CURLOPT_POSTFIELDS => '{"api_key": "2882jj2hh288282jj2"}',
    CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'Secret-Key: YOUR_SECRET'],
    CURLOPT_RETURNTRANSFER => true,
]);
$answer = curl_exec($curl);
echo $answer === false ? curl_error($curl) : $answer, "\n";
