# Completion of depcheck for fish 3.4 or later: a file depcheck.fish in
# ~/.config/fish/completions, or depcheck completion fish | source

function __depcheck_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l typed (commandline --current-token --cut-at-cursor)
    set -l current (string unescape -- "$typed"; or echo "$typed")
    set -l lines (command depcheck complete -- $words[2..] "$current" 2>/dev/null)
    set -l first (string split \t -- "$lines[1]")
    set -l rest (string sub --start (math (string length -- "$first[2]") + 1) -- "$current")
    string join \n -- $lines[2..]
    switch "$first[1]"
        case files
            for path in (__fish_complete_path "$rest")
                echo "$first[2]$path"
            end
        case folders
            for path in (__fish_complete_directories "$rest" '')
                echo "$first[2]$path"
            end
    end
end

complete --command depcheck --no-files --keep-order --arguments '(__depcheck_complete)'
