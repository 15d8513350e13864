namespace OrleansVectors.Indexes.Vectors;

/// <summary>Code that is generic over a scorer, given to a <see cref="VectorSpace"/> to be run with its own.</summary>
/// <typeparam name="TResult">What the code makes, such as a searcher compiled for the scorer.</typeparam>
internal interface IScorerConsumer<out TResult>
{
    TResult Use<TScorer>()
        where TScorer : struct, IScorer<TScorer>;
}
