throw new Error('it needs another Node');
