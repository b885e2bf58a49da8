# `perl lwp.pl [METHOD...]`: sends requests for a token, one after another.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
use strict;
use warnings;
use HTTP::Request;
use LWP::UserAgent;

my $client  = LWP::UserAgent->new(keep_alive => 1);    # it keeps no connection by default
my @headers = ('Content-Type' => 'application/json', 'Secret-Key' => 'YOUR_SECRET');
for my $method (@ARGV ? @ARGV : 'POST') {
    my $body = $method eq 'POST' ? '{"api_key": "2882jj2hh288282jj2"}' : undef;
    my $request
        = HTTP::Request->new($method, 'https://kitegateway.com/v1/auth/token', \@headers, $body);
    print $client->request($request)->decoded_content, "\n";
}
