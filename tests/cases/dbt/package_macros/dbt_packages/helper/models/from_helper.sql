select {{ twice(4) }} as eight, {{ only_here() }} as who
