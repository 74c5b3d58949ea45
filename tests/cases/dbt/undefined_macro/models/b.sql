select {{ thing.attr }} as x
