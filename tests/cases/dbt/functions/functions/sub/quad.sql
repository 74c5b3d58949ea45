{{ function('double_it') }}({{ function('p', 'double_it') }}(x))
