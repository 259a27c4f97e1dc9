# Completion of depcheck for bash 4.4 or later: eval "$(depcheck completion bash)"

_depcheck() {
    local rest=${COMP_LINE:0:COMP_POINT} trimmed word i value
    local -a words=() found=()

    # bash splits words at = and :, depcheck does not: what no blank parts is one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && word=$trimmed
        if ((i > 0)) && [[ $trimmed == "$rest" ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        rest=${trimmed#"$word"}
    done

    local current=${words[-1]} kind='' head=''
    # What stands before the last = or : stays as it is: only what follows is replaced.
    [[ $COMP_WORDBREAKS == *=* && $current == *=* ]] && head=${current%"${current##*=}"}
    [[ $COMP_WORDBREAKS == *:* && ${current#"$head"} == *:* ]] && head=${current%"${current##*:}"}

    while IFS=$'\t' read -r value _; do
        if [[ -z $kind ]]; then
            kind=$value
        elif [[ $value == "$head"* ]]; then
            found+=("${value#"$head"}")
        fi
    done < <(command depcheck complete -- "${words[@]:1}" 2>/dev/null)

    COMPREPLY=("${found[@]}")
    case $kind in
        files | folders)
            if ((${#found[@]} == 0)); then
                # bash itself completes names of files, and quotes them.
                if [[ $kind == files ]]; then compopt -o default; else compopt -o dirnames; fi
                return
            fi
            # Beside words, only names that need no quotes.
            while IFS= read -r value; do
                [[ $value =~ ^[A-Za-z0-9._/+-]+$ ]] || continue
                [[ -d $value ]] && value+=/
                [[ $kind == files || $value == */ ]] && COMPREPLY+=("$value")
            done < <(compgen -f -- "${current#"$head"}")
            ;;
    esac
    for value in "${COMPREPLY[@]}"; do
        [[ $value == *[=:,/] ]] && compopt -o nospace
    done
}

complete -F _depcheck depcheck
