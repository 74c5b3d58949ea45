select {{ function('quad') }}(1) as x
