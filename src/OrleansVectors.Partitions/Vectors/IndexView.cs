namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// One moment of a partition, and where its vectors of one name are found: what an index covers, and what it leaves to an
/// exact scan. What is in both is the same point found twice.
/// </summary>
/// <param name="Moment">What is visible.</param>
/// <param name="Index">The index that may be searched; null when everything has to be scanned.</param>
/// <param name="IndexedBelow">The index holds every visible vector below this ordinal but the pending ones; from here to the moment's rows all have to be scanned.</param>
/// <param name="Pending">Ordinals below <paramref name="IndexedBelow"/> that have to be scanned too, ascending.</param>
internal readonly record struct IndexView(AppliedState Moment, VectorIndex? Index, uint IndexedBelow, uint[] Pending);
