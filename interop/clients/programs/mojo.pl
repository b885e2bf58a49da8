# `perl mojo.pl [METHOD...]`: sends requests for a token, one after another.
# The program knows nothing of a mock. Without a method it sends one POST, which buys a token.
use strict;
use warnings;
use Mojo::UserAgent;

my $client = Mojo::UserAgent->new;
$client->proxy->detect;    # it reads no proxy variables by default
my %headers = ('Content-Type' => 'application/json', 'Secret-Key' => 'YOUR_SECRET');
for my $method (@ARGV ? @ARGV : 'POST') {
    my @body = $method eq 'POST' ? ('{"api_key": "2882jj2hh288282jj2"}') : ();
    my $transaction
        = $client->build_tx($method, 'https://kitegateway.com/v1/auth/token', \%headers, @body);
    print $client->start($transaction)->result->body, "\n";
}
