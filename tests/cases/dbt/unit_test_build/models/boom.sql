select nowhere
