# `perl http_tiny.pl [METHOD...]`: sends requests for a token, one after another.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
# TOKEN_URL is another address of the same endpoint: through a proxy, HTTP::Tiny keeps no connection.
use strict;
use warnings;
use HTTP::Tiny;

my $client  = HTTP::Tiny->new(verify_SSL => 1);
my $url     = $ENV{TOKEN_URL} || 'https://kitegateway.com/v1/auth/token';
my %headers = ('Content-Type' => 'application/json', 'Secret-Key' => 'YOUR_SECRET');
for my $method (@ARGV ? @ARGV : 'POST') {
    my %body   = $method eq 'POST' ? (content => '{"api_key": "2882jj2hh288282jj2"}') : ();
    my $answer = $client->request($method, $url, { headers => \%headers, %body });
    print $answer->{content}, "\n";
}
