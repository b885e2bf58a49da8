# `tclsh tcl_http.tcl [METHOD...]`: sends requests for a token, one after another.
# Without a method it sends one POST. TOKEN_URL is another address of the same endpoint, since the
# package http ignores proxy variables.
package require http
set url https://kitegateway.com/v1/auth/token
if {[info exists env(TOKEN_URL)]} { set url $env(TOKEN_URL) }
if {$argc == 0} { set argv POST }
foreach method $argv {
    set options [list -keepalive 1 -timeout 20000 -headers {Secret-Key YOUR_SECRET}]
    if {$method eq "POST"} {
        lappend options -type application/json -query {{"api_key": "2882jj2hh288282jj2"}}
    }
    set answer [http::geturl $url {*}$options]
    if {[http::status $answer] eq "ok"} {
        puts [http::data $answer]
    } else {
        puts "error: [http::status $answer] [http::error $answer]"
    }
    http::cleanup $answer
}
