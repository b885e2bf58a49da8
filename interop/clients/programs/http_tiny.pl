# Buys a token as a program does that knows nothing of a mock.
use strict;
use warnings;
use HTTP::Tiny;

my $answer = HTTP::Tiny->new(verify_SSL => 1)->post(
    'https://kitegateway.com/v1/auth/token',
    {
        headers => { 'Content-Type' => 'application/json', 'Secret-Key' => 'YOUR_SECRET' },
        content => '{"api_key": "2882jj2hh288282jj2"}',
    },
);
print $answer->{content}, "\n";
