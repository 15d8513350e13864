namespace OrleansVectors.Indexes.Quantization;

/// <summary>Code that is generic over a scoring of codes, given to a <see cref="Quantizer"/> to be run with its own.</summary>
/// <typeparam name="TResult">What the code makes.</typeparam>
internal interface ICodeScoringConsumer<out TResult>
{
    TResult Use<TScoring>()
        where TScoring : struct, ICodeScoring;
}
