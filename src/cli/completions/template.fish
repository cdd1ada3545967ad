# Completion of pprotect for fish, made by: pprotect completion fish
# Names are never evaluated: a domain may be called $(anything).

# What the words before the cursor say, a line each: the command, the domain, the file, how many
# positionals there are, and whether -- was among them.
function __pprotect_context
    set -l command
    set -l domain
    set -l file
    set -l option
    set -l count 0
    set -l named 0
    set -l dashes no
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $dashes = yes
            set count (math $count + 1)
            continue
        else if test -z "$option"; and test "$word" = --
            set dashes yes
            set count 0
            continue
        else if test -z "$option"; and string match -q -- '--*=*' $word
            set option (string replace -r -- '=.*' '' $word | string collect)
            set word (string replace -r -- '^[^=]*=' '' $word | string collect)
        else if test -z "$option"; and string match -q -- '-*' $word
            contains -- (string replace -a -- _ - $word) @VALUED@; and set option $word
            continue
        end
        switch "$option"
            case -f --file
                set file (string replace -r -- '^~/' "$HOME/" $word | string collect)
            case -d --domain
                set domain $word
                set named 1
            case ''
                if test -z "$command"
                    set command (string replace -a -- _ - $word)
                else
                    set count (math $count + 1)
                    test -z "$domain" -a $count = 1; and set domain $word
                end
        end
        set option
    end
    if test $named = 1 -a $dashes = no; and contains -- "$command" @DOMAIN_FIRST@
        set count (math $count + 1)
    end
    printf '%s\n' "$command" "$domain" "$file" $count $dashes
end

function __pprotect_on
    set -l context (__pprotect_context)
    test "$context[5]" = no; and contains -- "$context[1]" $argv
end

function __pprotect_needs_command
    set -l context (__pprotect_context)
    test "$context[5]" = no -a -z "$context[1]"
end

# Whether positional number $argv[2] of a command comes next.
function __pprotect_at
    set -l context (__pprotect_context)
    test "$context[5]" = no -a "$context[1]" = $argv[1] -a "$context[4]" = $argv[2]
end

function __pprotect_program
    set -l context (__pprotect_context)
    test "$context[5]" = yes -a "$context[4]" = $argv[1]
end

function __pprotect_ask
    set -l words (commandline -opc)
    set -l program (string replace -r -- '^~/' "$HOME/" $words[1])
    set -l context (__pprotect_context)
    test -n "$context[3]"; and set argv $argv --file=$context[3]
    $program $argv </dev/null 2>/dev/null
end

function __pprotect_domains
    __pprotect_ask list-domains
end

function __pprotect_persons
    __pprotect_ask status --people
end

function __pprotect_secrets
    set -l context (__pprotect_context)
    if test -n "$context[2]" -a "$context[1]" != add-secret
        __pprotect_ask list-domain-secrets --domain=$context[2]
    else
        __pprotect_ask list-all-secrets | string replace -r -- ':.*' ''
    end
end

complete -c pprotect -f
complete -c pprotect -n '__pprotect_program 0' -a '(__fish_complete_command)'
complete -c pprotect -n '__pprotect_program 1' -F
@NAMES@
@OPTIONS@
@POSITIONALS@
