<?php
// `php php_curl.php [METHOD...]`: sends requests for a token, one after another.
// The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
$curl = curl_init('https://kitegateway.com/v1/auth/token');
curl_setopt_array($curl, [
    CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'Secret-Key: YOUR_SECRET'],
    CURLOPT_RETURNTRANSFER => true,
]);
foreach (array_slice($argv, 1) ?: ['POST'] as $method) {
    if ($method === 'POST') {
        curl_setopt($curl, CURLOPT_POSTFIELDS, '{"api_key": "2882jj2hh288282jj2"}');
    }
    $answer = curl_exec($curl);
    echo $answer === false ? curl_error($curl) : $answer, "\n";
}
