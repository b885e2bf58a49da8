<?php
// `php php_packages.php CLIENT [METHOD...]`: sends requests for a token, one after another.
// The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
$url = 'https://kitegateway.com/v1/auth/token';
$headers = ['Content-Type' => 'application/json', 'Secret-Key' => 'YOUR_SECRET'];
$clients = [
    'Guzzle' => function () use ($url, $headers) {
        require 'GuzzleHttp/autoload.php';
        $client = new GuzzleHttp\Client();
        return fn ($method, $body) => (string) $client
            ->request($method, $url, ['headers' => $headers, 'body' => $body])->getBody();
    },
    'Symfony HttpClient' => function () use ($url, $headers) {
        require 'Symfony/Component/HttpClient/autoload.php';
        $client = Symfony\Component\HttpClient\HttpClient::create();
        return fn ($method, $body) => $client
            ->request($method, $url, ['headers' => $headers, 'body' => $body ?? ''])->getContent();
    },
];
$send = $clients[$argv[1]]();
foreach (array_slice($argv, 2) ?: ['POST'] as $method) {
    $body = $method === 'POST' ? '{"api_key": "2882jj2hh288282jj2"}' : null;
    echo $send($method, $body), "\n";
}
