namespace OrleansVectors.Indexes.Filters;

/// <summary>The filter that refuses nothing; searches compile to a shorter loop for it.</summary>
public readonly struct AdmitAll : IOrdinalFilter
{
    public bool Admits(uint ordinal) => true;
}
