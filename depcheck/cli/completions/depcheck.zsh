#compdef depcheck
# Completion of depcheck for zsh: a file _depcheck in a folder of $fpath, or, after
# compinit, eval "$(depcheck completion zsh)"

_depcheck() {
    local line value kind skip
    local -a lines closed open
    lines=("${(@f)$(command depcheck complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    kind=${lines[1]%%$'\t'*}
    skip=${lines[1]#*$'\t'}

    for line in "${(@)lines[2,-1]}"; do
        value=${line%%$'\t'*}
        # What goes on after = or : or a comma is followed by no blank.
        if [[ $value == *[=:,] ]]; then
            open+=("${value//:/\\:}:${line#*$'\t'}")
        else
            closed+=("${value//:/\\:}:${line#*$'\t'}")
        fi
    done
    (( $#closed )) && _describe -t values value closed
    (( $#open )) && _describe -t values value open -S ''

    [[ -n $skip ]] && compset -P "${(b)skip}"
    case $kind in
        files) _files ;;
        folders) _files -/ ;;
    esac
}

if [[ $funcstack[1] == _depcheck ]]; then
    _depcheck "$@"
else
    compdef _depcheck depcheck
fi
