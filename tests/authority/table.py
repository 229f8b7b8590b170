"""Who may do what: one line for each verb, one column for each who may try.

``ok`` it is done; ``in`` they are asked who they are (401); ``no`` they are told that they may not (403); ``--`` for
them it does not exist (404); ``409`` they might, but for what has to be settled first. What each verb sends stands in ``tries.py``.
"""

COLUMNS = ("nobody", "private", "asked", "delegate", "holder", "elsewhere", "caretaker", "officer", "administrator")

TABLE = """
                                        nobody private asked delegate holder elsewhere caretaker officer administrator
try for oneself                         ok     ok      ok    ok       ok     ok        ok        ok      ok
try as the municipality                 in     no      no    no       no     no        no        ok      ok
book for oneself                        in     ok      ok    ok       ok     ok        ok        ok      ok
book in an organisation's name          in     ok      ok    ok       ok     ok        ok        ok      ok
book under another's agreement          in     --      --    no       no     --        --        no      no
book on behalf of a caller              in     ok      no    no       no     no        no        ok      ok
book for the municipality's own use     in     no      no    no       no     no        no        ok      ok
block a time                            in     no      no    no       no     no        ok        ok      ok
cancel                                  in     --      --    ok       ok     --        no        ok      ok
cancel one date                         in     --      --    ok       ok     --        no        ok      ok
cancel without a fee                    in     --      --    no       no     --        no        ok      ok
move                                    in     --      --    ok       ok     --        no        ok      ok
let it go before others                 in     no      no    no       no     no        no        ok      ok
take what is offered                    in     --      --    ok       ok     --        no        ok      ok
take all that is offered                in     --      --    ok       ok     --        no        ok      ok
say no to what is offered               in     --      --    ok       ok     --        no        ok      ok
say something else                      in     --      --    ok       ok     --        no        ok      ok
add a date                              in     --      --    ok       ok     --        no        ok      ok
take a date back                        in     --      --    ok       ok     --        no        ok      ok
split                                   in     --      --    ok       ok     --        no        ok      ok
give back a period                      in     no      no    ok       ok     no        no        ok      ok
give back a period without a fee        in     no      no    no       no     no        no        ok      ok
note that nobody came                   in     --      --    no       no     --        ok        ok      ok
take back that nobody came              in     --      --    no       no     --        ok        ok      ok
say how a date was used                 in     --      --    ok       ok     --        ok        ok      ok
say that a date was not used            in     --      --    ok       ok     --        no        no      no
report a damage                         in     --      --    ok       ok     --        ok        ok      ok
answer what was noted                   in     --      --    ok       ok     --        no        no      no
undo what one did                       in     --      --    --       ok     --        --        ok      ok
confirm                                 in     --      no    ok       ok     --        no        ok      ok
take over for the organisation          in     --      --    ok       ok     --        no        no      no
approve                                 in     no      --    --       --     --        no        ok      ok
approve what caretakers decide          in     no      --    --       --     --        ok        ok      ok
approve several at once                 in     no      no    no       no     --        no        ok      ok
decline                                 in     no      --    --       --     --        no        ok      ok
decline what caretakers decide          in     no      --    --       --     --        ok        ok      ok
write to the other side                 in     --      --    ok       ok     --        no        ok      ok
ask what must be answered               in     no      --    --       --     --        no        ok      ok
withdraw a question                     in     no      --    --       --     --        no        ok      ok
note inside the office                  in     --      --    no       no     --        ok        ok      ok
take a case                             in     no      --    --       --     --        no        ok      ok
look at a case                          in     no      --    --       --     --        ok        ok      ok
sign what is asked of the holder        in     --      --    no       ok     --        no        ok      ok
hand in a document                      in     --      --    ok       ok     --        no        ok      ok
name who is on site                     in     --      --    ok       ok     --        no        ok      ok
confirm what staff confirm              in     --      --    no       no     --        ok        ok      ok
withdraw what was done                  in     --      --    no       no     --        ok        ok      ok
answer by a link in a notice            ok     ok      ok    ok       ok     ok        ok        ok      ok
say that somebody was called            in     no      no    no       no     no        no        ok      ok
say that a damage is seen to            in     no      no    no       no     no        ok        ok      ok

close a room                            in     no      no    no       no     no        ok        ok      ok
open again what was closed              in     no      no    no       no     no        ok        ok      ok
displace who is outside                  in     no      no    no       no     no        ok        ok      ok
set opening hours                       in     no      no    no       no     no        no        ok      ok
remove opening hours                    in     no      no    no       no     no        no        ok      ok
add days to the school calendar         in     no      no    no       no     no        no        ok      ok
remove days of the school calendar      in     no      no    no       no     no        no        ok      ok
add days to a venue's school calendar   in     no      no    no       no     no        no        ok      ok
remove days of a venue's calendar       in     no      no    no       no     no        no        ok      ok
edit the municipality                   in     no      no    no       no     no        no        ok      ok
edit a venue                            in     no      no    no       no     no        no        ok      ok
edit a room                             in     no      no    no       no     no        no        ok      ok
take a room out of use                  in     no      no    no       no     no        no        ok      ok
take a room into use again              in     no      no    no       no     no        no        ok      ok
answer on access                        in     no      no    no       no     no        ok        ok      ok
survey a room                           in     no      no    no       no     no        ok        ok      ok
add who answers                         in     no      no    no       no     no        ok        ok      ok
remove who answers                      in     no      no    no       no     no        ok        ok      ok
hang up a photo                         in     no      no    no       no     no        ok        ok      ok
take down a photo                       in     no      no    no       no     no        ok        ok      ok
add equipment                           in     no      no    no       no     no        ok        ok      ok
change equipment                        in     no      no    no       no     no        ok        ok      ok
take equipment out of use               in     no      no    no       no     no        ok        ok      ok
take equipment into use again           in     no      no    no       no     no        ok        ok      ok
add a calendar of others                in     no      no    no       no     no        no        ok      ok
follow a calendar                       in     no      no    no       no     no        no        ok      ok
fetch a calendar now                    in     no      no    no       no     no        no        ok      ok
put another file in its place           in     no      no    no       no     no        no        ok      ok
let a calendar rest                     in     no      no    no       no     no        no        ok      ok
remove a calendar                       in     no      no    no       no     no        no        ok      ok
let a calendar go before bookings       in     no      no    no       no     no        no        ok      ok
let bookings keep their time            in     no      no    no       no     no        no        ok      ok
let a calendar take its time after all  in     no      no    no       no     no        no        ok      ok

begin a draft                           in     no      no    no       no     no        no        ok      ok
copy another's rules into a draft       in     no      no    no       no     no        no        ok      ok
throw a draft away                      in     no      no    no       no     no        no        ok      ok
edit a draft's text                     in     no      no    no       no     no        no        ok      ok
add a rule                              in     no      no    no       no     no        no        ok      ok
change a rule                           in     no      no    no       no     no        no        ok      ok
remove a rule                           in     no      no    no       no     no        no        ok      ok
try a draft on bookings                 in     no      no    no       no     no        no        ok      ok
publish a policy                        in     no      no    no       no     no        no        ok      ok

make an agreement                       in     no      no    no       no     no        no        ok      ok
change an agreement                     in     no      no    no       no     no        no        ok      ok
end an agreement                        in     no      no    no       no     no        no        ok      ok
sign an agreement                       in     --      --    ok       ok     --        --        no      no
note a duty                             in     no      no    no       no     no        no        ok      ok
keep a template                         in     no      no    no       no     no        no        ok      ok
retire a template                       in     no      no    no       no     no        no        ok      ok
make a scheme                           in     no      no    no       no     no        no        ok      ok
change a scheme                         in     no      no    no       no     no        no        ok      ok
make a grant                            in     no      no    no       no     no        no        ok      ok
end a grant                             in     no      no    no       no     no        no        ok      ok
say how much of a booking counts        in     no      no    no       no     no        no        ok      ok
state what an hour is worth             in     no      no    no       no     no        no        ok      ok
correct what an hour is worth           in     no      no    no       no     no        no        ok      ok
report on a grant                       in     --      --    ok       ok     --        --        no      no
answer a report                         in     no      no    no       no     no        no        ok      ok
decide a lease status                   in     no      no    no       no     no        no        ok      ok
give notice of a hearing                in     no      no    no       no     no        no        ok      ok
answer in a hearing                     in     no      no    ok       ok     no        no        no      no
decide in a hearing                     in     no      no    no       no     no        no        ok      ok

complain                                in     --      --    ok       ok     --        --        ok      ok
admit a late complaint                  in     --      --    no       no     --        --        ok      ok
look at a decision again                in     --      --    no       no     --        --        ok      ok
write what a board decided              in     --      --    no       no     --        --        ok      ok
carry an outcome out                    in     --      --    no       no     --        --        ok      ok
write about a complaint                 in     --      --    ok       ok     --        --        ok      ok
ask about a complaint                   in     --      --    no       no     --        --        ok      ok
say whose a complaint is                in     --      --    no       no     --        --        ok      ok
take a complaint back                   in     --      --    ok       ok     --        --        no      no
take a case out                         in     no      no    no       no     no        no        ok      ok

bill a period                           in     no      no    no       no     no        no        ok      ok
issue the page of a year                in     no      no    no       no     no        no        ok      ok
say what stands on its invoices         in     no      no    ok       ok     no        no        ok      ok
let another pay for it                  in     no      no    no       no     no        no        ok      ok
dispute what a date costs               in     --      --    ok       ok     --        no        no      no
answer what is disputed                 in     --      --    no       no     --        no        ok      ok
pay what one was billed                 in     --      --    --       --     --        --        --      --

choose what is sent of the round        in     no      no    no       no     ok        ok        no      no
name who stands in for a caretaker      in     no      no    no       no     no        ok        ok      ok
end that somebody stands in             in     no      no    no       no     no        ok        ok      ok

make a feed of one's own                in     ok      ok    ok       ok     ok        ok        ok      ok
make a feed of the organisation         in     no      no    ok       ok     no        no        no      no
make a feed of the venue                in     no      no    no       no     no        ok        ok      ok
make a work feed of the venue           in     no      no    no       no     no        ok        ok      ok
give a feed a new address               in     --      --    --       ok     --        --        --      --
revoke a feed                           in     --      --    --       ok     --        --        --      --
send a caretaker the link to a calendar in     no      no    no       no     no        no        ok      ok
take up a calendar by its link          ok     ok      ok    ok       ok     ok        ok        ok      ok

sign in                                 ok     ok      ok    ok       ok     ok        ok        ok      ok
sign out                                ok     ok      ok    ok       ok     ok        ok        ok      ok
ask for an account                      ok     ok      ok    ok       ok     ok        ok        ok      ok
ask for a new password                  ok     ok      ok    ok       ok     ok        ok        ok      ok
use a link                              ok     ok      ok    ok       ok     ok        ok        ok      ok
accept an invitation sent to Per        in     ok      no    no       no     no        no        no      no
invite to a role                        in     no      no    no       no     no        no        no      ok
withdraw an invitation to a role        in     no      no    no       no     no        no        no      ok
invite to act for the organisation      in     no      no    no       ok     no        no        ok      ok
confirm who asks to act for it          in     no      no    no       ok     no        no        ok      ok
end who acts for it                     in     no      ok    no       ok     no        no        ok      ok
make another the responsible adult      in     no      no    no       no     no        no        ok      ok
register an organisation                in     ok      ok    ok       ok     ok        ok        ok      ok
register a group                        in     ok      ok    ok       ok     ok        ok        ok      ok
correct what is said of it              in     no      no    no       no     no        no        ok      ok
hide it from the public                 in     no      no    no       ok     no        no        ok      ok
note what is known of it                in     no      no    no       no     no        no        ok      ok
end what is known of it                 in     no      no    no       no     no        no        ok      ok
state where anybody reaches it          in     no      no    no       ok     no        no        ok      ok
ask to act for another                  in     ok      ok    ok       ok     ok        ok        ok      ok
read the registers anew                 in     no      no    no       no     no        no        ok      ok
settle what the registers say           in     no      no    no       no     no        no        ok      ok
list a team                             in     no      no    ok       ok     no        no        ok      ok
take a team off the list                in     no      no    ok       ok     no        no        ok      ok
hand over the lead                      in     no      no    no       ok     no        no        no      no
say that one acts for it still          in     no      no    no       ok     no        no        no      no
enter a caller                          in     no      no    no       no     no        no        ok      ok
give a role                             in     no      no    no       no     no        no        no      ok
take a role back                        in     no      no    no       no     no        no        no      ok
change one's profile                    in     ok      ok    ok       ok     ok        ok        ok      ok
change one's password                   in     ok      ok    ok       ok     ok        ok        ok      ok
change one's e-mail address             in     ok      ok    ok       ok     ok        ok        ok      ok
download all that is held of one        in     ok      ok    ok       ok     ok        ok        ok      ok
erase oneself                           in     409     409   ok       409    409       409       409     409
erase somebody                          in     no      no    ok       no     no        no        no      ok
say how long things are kept            in     no      no    no       no     no        no        no      ok
make a token                            in     ok      ok    ok       ok     ok        ok        ok      ok
revoke another's token                  in     --      --    --       ok     --        --        --      ok
"""


def rows() -> dict[str, dict[str, str]]:
    """The table: what each who may try hears, by verb."""
    width = TABLE.index("nobody") - 1
    lines = [line for line in TABLE.splitlines()[2:] if line.strip()]
    return {line[:width].strip(): dict(zip(COLUMNS, line[width:].split(), strict=True)) for line in lines}
