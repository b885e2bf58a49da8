<?php
// `php php_streams.php [METHOD...]`: sends requests for a token, one after another.
// The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
// TOKEN_URL is another address of the same endpoint, since streams ignore proxy variables.
$url = getenv('TOKEN_URL') ?: 'https://kitegateway.com/v1/auth/token';
foreach (array_slice($argv, 1) ?: ['POST'] as $method) {
    $options = [
        'method' => $method,
        'header' => "Content-Type: application/json\r\nSecret-Key: YOUR_SECRET\r\n",
    ];
    if ($method === 'POST') {
        $options['content'] = '{"api_key": "2882jj2hh288282jj2"}';
    }
    $answer = file_get_contents($url, false, stream_context_create(['http' => $options]));
    echo $answer, "\n";
}
