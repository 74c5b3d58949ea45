select {{ nomacro('x') }} as x
