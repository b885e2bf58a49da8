# Buys a token as a program does that knows nothing of a mock.
use strict;
use warnings;
use LWP::UserAgent;

my $answer = LWP::UserAgent->new->post(
    'https://kitegateway.com/v1/auth/token',
    'Content-Type' => 'application/json',
    'Secret-Key' => 'YOUR_SECRET',
    Content => '{"api_key": "2882jj2hh288282jj2"}',
);
print $answer->decoded_content, "\n";
