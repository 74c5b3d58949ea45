/*
{% set i = modules.itertools %}
{% set lines = [
 i.chain([1,2],(3,),'ab') | list, i.chain() | list,
 i.zip_longest([1,2,3],['a'],fillvalue='-') | list, i.zip_longest([1],[2,3]) | list,
 i.product([1,2],'ab') | list, i.product([0,1],repeat=2) | list, i.product([],[1]) | list, i.product() | list,
 i.combinations([1,2,3],2) | list, i.combinations([1],2) | list, i.combinations([1,2],0) | list, i.combinations('abcd',3) | list,
 i.combinations_with_replacement([1,2],2) | list, i.combinations_with_replacement([],1) | list,
 i.permutations([1,2,3]) | list, i.permutations([1,2,3],2) | list, i.permutations([1],2) | list,
 i.accumulate([1,2,3]) | list, i.accumulate(['a','b']) | list, i.compress('abc',[1,0,1]) | list,
 i.islice([1,2,3,4,5],2) | list, i.islice([1,2,3,4,5],1,none,2) | list, i.islice([1,2,3],1,2) | list, i.repeat('x',3) | list ] %}
{% for l in lines %}{{ l }}
{% endfor %}
*/ select 1 as a
