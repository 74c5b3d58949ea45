{{ function(var('name', 'double_it')) }}(x)
