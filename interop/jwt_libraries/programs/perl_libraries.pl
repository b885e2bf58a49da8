# Judge tokens with one library for Perl: `perl perl_libraries.pl LIBRARY < cases > outcomes`.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;

my $given = decode_json(join '', <STDIN>);
my $key = decode_base64($given->{key});

my %libraries = (
    'Crypt::JWT' => sub {
        require Crypt::JWT;
        my $verify = sub {
            my ($token, $audience) = @_;
            my @audience = defined $audience ? (verify_aud => $audience) : ();
            Crypt::JWT::decode_jwt(token => $token, key => $key, accepted_alg => 'HS256', @audience);
        };
        my $read = sub {
            Crypt::JWT::decode_jwt(token => $_[0], ignore_signature => 1, ignore_claims => 1);
        };
        return ($verify, $read);
    },
    'Mojo::JWT' => sub {
        require Mojo::JWT;
        return (sub { Mojo::JWT->new(secret => $key)->decode($_[0]) }, undef);
    },
    'JSON::WebToken' => sub {
        require JSON::WebToken;
        my $verify = sub { JSON::WebToken->decode($_[0], $key, 1, ['HS256']) };
        return ($verify, sub { JSON::WebToken->decode($_[0], undef, 0) });
    },
);

sub outcome {
    my ($call, @arguments) = @_;
    return undef unless $call;
    return 'accepted' if eval { $call->(@arguments); 1 };
    my $text = "$@";
    $text =~ s/ at \S+ line \d+.*//s;
    return $text;
}

my ($verify, $read) = $libraries{ $ARGV[0] }->();
my %outcomes = map {
    my $verified = outcome($verify, $_->{token}, $_->{audience});
    ($_->{name} => { verify => $verified, read => outcome($read, $_->{token}) })
} @{ $given->{cases} };
print encode_json(\%outcomes);
